"""One training step of D-Persona in plain PyTorch, as the peer of `npm run bench:train`.

Arguments: one JSON object {"stage", "side", "batch", "widths", "threads"}. Each line on standard input asks for one
step on random data; the answer is a line {"ms", "peakMb"}. Settings of the preset `paper`. Tensors are channels-last.
"""
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

LATENT, RATERS, SAMPLES, BANK, DROPOUT = 6, 4, 10, 100, 0.1


def block(channels, width):
    """Three 3x3 convolutions with ReLU."""
    sizes = [channels, width, width, width]
    return nn.Sequential(*[m for a, b in zip(sizes, sizes[1:]) for m in (nn.Conv2d(a, b, 3, padding=1), nn.ReLU())])


def contract(blocks, x):
    levels = [blocks[0](x)]
    for level in blocks[1:]:
        levels.append(level(F.avg_pool2d(levels[-1], 2, ceil_mode=True)))
    return levels


class UNet(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.down = nn.ModuleList(block(a, b) for a, b in zip([1, *widths], widths))
        self.up = nn.ModuleList(block(b + a, a) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        *skips, y = contract(self.down, x)
        for skip, level in zip(reversed(skips), reversed(self.up)):
            y = F.interpolate(y, size=skip.shape[2:], mode="bilinear", align_corners=True)
            y = level(torch.cat([y, skip], 1))
        return y


class Gaussian(nn.Module):
    def __init__(self, channels, widths):
        super().__init__()
        self.down = nn.ModuleList(block(a, b) for a, b in zip([channels, *widths], widths))
        self.out = nn.Linear(widths[-1], 2 * LATENT)

    def forward(self, x):
        mu, log_sigma = self.out(contract(self.down, x)[-1].mean((2, 3))).chunk(2, 1)
        return mu, log_sigma.clamp(-10, 10)


class Decoder(nn.Module):
    """First layer in two halves: that of the features is computed once for all samples."""

    def __init__(self, features):
        super().__init__()
        self.image = nn.Conv2d(features, features, 1, bias=False)
        self.latent = nn.Linear(LATENT, features)
        self.rest = nn.Sequential(
            nn.ReLU(), nn.Conv2d(features, features, 1), nn.ReLU(), nn.Conv2d(features, features, 1), nn.ReLU(),
            nn.Conv2d(features, 1, 1))

    def forward(self, image, z):
        return self.rest(image + self.latent(z)[:, :, None, None])


def head(features):
    layers, channels = [], features
    for width in (32, 16, LATENT):
        if layers:
            layers.append(nn.AvgPool2d(2, ceil_mode=True))
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(), nn.Dropout2d(DROPOUT)]
        layers += [nn.Conv2d(width, width, 3, padding=1), nn.ReLU()]
        channels = width
    return nn.Sequential(*layers)


def draw(mu, log_sigma, count):
    return mu[:, None] + log_sigma.exp()[:, None] * torch.randn(len(mu), count, LATENT)


def dice(logits, y):
    """1 - Dice over the batch, mean over channels; a single channel has the background beside it."""
    p = torch.sigmoid(logits)
    if p.shape[1] == 1:
        p, y = torch.cat([p, 1 - p], 1), torch.cat([y, 1 - y], 1)
    overlap, total = (p * y).sum((0, 2, 3)), (p + y).sum((0, 2, 3))
    return (1 - (2 * overlap + 1e-5) / (total + 1e-5)).mean()


class Model(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.unet, self.prior = UNet(widths), Gaussian(1, widths)
        self.posterior, self.decoder = Gaussian(1 + RATERS, widths), Decoder(widths[0])
        self.heads = nn.ModuleList(head(widths[0]) for _ in range(RATERS))

    def stage1(self, x, y):
        drawn = y[torch.arange(len(y)), torch.randint(RATERS, (len(y),))][:, None]
        image = self.decoder.image(self.unet(x))
        p, q = self.prior(x), self.posterior(torch.cat([x, y], 1))
        normal = lambda mu, log_sigma: torch.distributions.Normal(mu, log_sigma.exp(), validate_args=False)
        kl = torch.distributions.kl_divergence(normal(*q), normal(*p)).sum(1).mean()
        reconstruction = dice(self.decoder(image, draw(*q, 1)[:, 0]), drawn)
        highest = lowest = None
        for z in draw(*p, SAMPLES).unbind(1):
            logits = self.decoder(image, z)
            highest = logits if highest is None else torch.maximum(highest, logits)
            lowest = logits if lowest is None else torch.minimum(lowest, logits)
        bound = dice(highest, y.amax(1, keepdim=True)) + dice(lowest, y.amin(1, keepdim=True))
        held = [*self.prior.parameters(), *self.posterior.parameters(), *self.decoder.parameters()]
        return reconstruction + kl + 0.5 * bound + 1e-5 * sum(w.norm() for w in held)

    def stage2(self, x, y):
        with torch.no_grad():
            features = self.unet(x)
            image, bank = self.decoder.image(features), draw(*self.prior(x), BANK)
        logits = []
        for one in self.heads:
            query = one(features).mean((2, 3))
            attention = torch.softmax((bank * query[:, None]).sum(2), 1)
            logits.append(self.decoder(image, (bank * attention[:, :, None]).sum(1)))
        return dice(torch.cat(logits, 1), y)


def main():
    case = json.loads(sys.argv[1])
    torch.set_num_threads(case["threads"])
    torch.manual_seed(1)
    model = Model(case["widths"]).to(memory_format=torch.channels_last)
    heads = set(model.heads.parameters())
    for w in model.parameters():
        w.requires_grad_((w in heads) == (case["stage"] == 2))
    adam = torch.optim.Adam([w for w in model.parameters() if w.requires_grad], lr=1e-4)
    loss = model.stage1 if case["stage"] == 1 else model.stage2
    size = (case["batch"], 1, case["side"], case["side"])
    x = torch.randn(size).contiguous(memory_format=torch.channels_last)
    y = (torch.rand(size[0], RATERS, *size[2:]) < 0.3).float().contiguous(memory_format=torch.channels_last)
    for _ in sys.stdin:
        start = time.perf_counter()
        adam.zero_grad(set_to_none=True)
        loss(x, y).backward()
        adam.step()
        ms = 1000 * (time.perf_counter() - start)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"ms": ms, "peakMb": peak}), flush=True)


main()
