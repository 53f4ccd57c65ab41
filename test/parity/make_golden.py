"""Golden values of D-Persona from an independent PyTorch implementation, for `npm test` (which needs no Python).

    python test/parity/make_golden.py path/to/dpersona_reference.py > test/parity/golden-unet.json
    python test/parity/make_golden.py path/to/dpersona_reference.py --backbone resnet34 --cases paper > test/parity/golden-resnet34.json

Weights, inputs and noise are drawn here and written beside what the reference makes of them, all in NHWC and with the
product's weight names, so that the test only replays them. The reference needs torch, numpy and scipy; the backbone
resnet34, which it does not have, is `residual_unet.py` beside this file. `npm run parity` asks it with other seeds,
and for the metrics too.
"""
import argparse
import copy
import importlib.util
import json
import sys

import torch

from residual_unet import ResidualUNet

arguments = argparse.ArgumentParser()
arguments.add_argument("reference")
arguments.add_argument("--backbone", choices=["unet", "resnet34"], default="unet")
arguments.add_argument("--seed", type=int, default=20)
arguments.add_argument("--cases", nargs="+", choices=["recipe", "paper"], default=["recipe", "paper"])
arguments.add_argument("--large", action="store_true", help="larger networks than fixtures have")
arguments.add_argument("--metrics", action="store_true", help="metrics of random masks alone")
options = arguments.parse_args()

spec = importlib.util.spec_from_file_location("dpersona_reference", options.reference)
reference = importlib.util.module_from_spec(spec)
sys.modules["dpersona_reference"] = reference
spec.loader.exec_module(reference)

N, H, W, C, R, D, M, S = (2, 21, 18, 2, 4, 6, 50, 5) if options.large else (2, 10, 7, 1, 3, 4, 6, 3)
WIDTHS, HEADS = ([8, 12, 16], (12, 8)) if options.large else ([3, 4, 5], (4, 3))
RESIDUAL = None
if options.backbone == "resnet34":
    # A batch of some size, so that the deepest level's statistics are of more than a few numbers.
    N, H, W, WIDTHS = 3, 22, 15, [3, 4, 5]
    RESIDUAL = ({"blocks": [2, 3], "widths": [4, 5], "decoder": [5, 4, 3]} if options.large
                else {"blocks": [1, 2], "widths": [3, 4], "decoder": [4, 4, 3]})
torch.set_num_threads(1)  # small networks: threads would only wait for each other
generator = torch.Generator().manual_seed(options.seed)


def flat(tensor, digits=8):
    return [float(f"{v:.{digits}g}") for v in tensor.detach().reshape(-1).tolist()]


def rounded(tensor):
    """The same to six digits: what is drawn is written, and read, as it is used."""
    return torch.tensor(flat(tensor, 6)).reshape(tensor.shape)


def nhwc(tensor):
    return flat(tensor.permute(0, 2, 3, 1).contiguous())


def names(model):
    """The product's name of every parameter."""
    out = {}
    def conv(module, name):
        out[f"{name}/kernel"], out[f"{name}/bias"] = module.weight, module.bias
    def blocks(modules, name):
        for level, block in modules:
            for i, index in enumerate((0, 2, 4)):
                conv(block[index], f"{name}/{level}/conv{i}")
    if RESIDUAL is None:
        blocks(enumerate(model.unet.down.blocks), "unet/down")
        blocks(zip(reversed(range(len(WIDTHS) - 1)), model.unet.up), "unet/up")
    else:
        for name, (convolution, norm) in model.unet.layers():
            out[f"{name}/kernel"], out[f"{name}/gamma"], out[f"{name}/beta"] = convolution.weight, norm.weight, norm.bias
    for name, module in (("prior", model.prior), ("posterior", model.posterior)):
        blocks(enumerate(module.encoder.blocks), f"{name}/down")
        conv(module.out, f"{name}/out")
    conv(model.decoder.first, "decoder/first")
    for i, layer in enumerate(model.decoder.hidden):
        conv(layer, f"decoder/hidden{i}")
    conv(model.decoder.last, "decoder/last")
    for persona, head in enumerate(model.heads):
        convolutions = [m for m in head.net if isinstance(m, torch.nn.Conv2d)]
        for i, layer in enumerate(convolutions):
            conv(layer, f"head/{persona}/conv{i}")
    return out


def statistics(model):
    """The product's name of every running statistic."""
    layers = () if RESIDUAL is None else model.unet.layers()
    return {f"{name}/{key}": value for name, (_, norm) in layers
            for key, value in (("mean", norm.running_mean), ("variance", norm.running_var))}


def kernel(tensor, digits=8):
    """[out,in,h,w] as [h,w,in,out]; a bias as it is."""
    return flat(tensor.permute(2, 3, 1, 0).contiguous() if tensor.dim() == 4 else tensor, digits)


def make_model(config):
    model = reference.DPersona(config)
    if RESIDUAL is not None:
        model.unet = ResidualUNet(C, **RESIDUAL)
        with torch.no_grad():
            for _, (convolution, norm) in model.unet.layers():
                torch.nn.init.kaiming_normal_(convolution.weight)
                norm.weight.uniform_(0.5, 1.5)
                norm.bias.normal_(0, 0.1)
                norm.momentum = 1.0
            # Statistics of about what the layers will see, so that values keep their size over so many layers.
            model.unet(torch.randn(N, C, H, W))
            for _, (_, norm) in model.unet.layers():
                norm.momentum = 0.1
                norm.running_mean.add_(0.1 * torch.randn_like(norm.running_mean) * norm.running_var.sqrt())
                norm.running_var.mul_(torch.empty_like(norm.running_var).uniform_(0.7, 1.4))
    with torch.no_grad():
        for tensor in (*model.parameters(), *statistics(model).values()):
            tensor.copy_(rounded(tensor))
    return model.eval()


def case(final_relu, key, loss):
    """Draws until a case is away from kinks. Where a ReLU's input is 0 but for rounding, or two samples are equally
    extreme, a gradient jumps: PyTorch itself then gives another one for weights that differ in their last digits."""
    for attempt in range(60):
        model, *inputs = draw(final_relu, key, options.seed + 7 + 1000 * attempt)
        exact = results(model, *inputs, loss, torch.float64)
        if max(furthest(exact, results(moved(model), *inputs, loss, torch.float64)) for _ in range(2)) < 3e-4:
            return results(model, *inputs, loss, torch.float32)
    raise SystemExit("every case drawn is on a kink: draw smaller ones")


def moved(model, by=2e-6):
    """The same model with other last digits."""
    other = copy.deepcopy(model)
    with torch.no_grad():
        for p in other.parameters():
            p.mul_(1 + by * torch.randn_like(p))
    return other


def furthest(a, b):
    """Largest difference of two results' gradients, over each tensor's largest value."""
    pairs = [(x, b[stage]["gradients"][name]) for stage in ("stage1", "stage2") for name, x in a[stage]["gradients"].items()]
    return max(max(abs(p - q) for p, q in zip(x, y)) / max(1e-4, *map(abs, y)) for x, y in pairs)


def draw(final_relu, key, seed):
    torch.manual_seed(seed)
    config = reference.Config(channels=C, raters=R, latent=D, widths=WIDTHS, head_widths=HEADS,
                              head_final_relu=final_relu, key=key, head_dropout=0.0)
    model = make_model(config)
    x = rounded(torch.randn(N, C, H, W, generator=generator))
    y = (torch.rand(N, R, H, W, generator=generator) > 0.5).float()
    present = torch.ones(N, R)
    present[1, 1] = 0
    y = y * present[:, :, None, None]
    rater = torch.tensor([(n + 1) % R for n in range(N)])
    eps_q = rounded(torch.randn(N, 1, D, generator=generator))
    eps_p = rounded(torch.randn(N, S, D, generator=generator))
    eps_bank = rounded(torch.randn(N, M, D, generator=generator))
    return model, x, y, present, rater, eps_q, eps_p, eps_bank


def results(model, x, y, present, rater, eps_q, eps_p, eps_bank, loss, dtype):
    """What the model makes of a case, computed in a type."""
    key, final_relu = model.cfg.key, model.cfg.head_final_relu
    original = {name: value.clone() for name, value in model.state_dict().items()}
    model.to(dtype)
    x, y, present, eps_q, eps_p, eps_bank = (t.to(dtype) for t in (x, y, present, eps_q, eps_p, eps_bank))

    draws = iter([eps_q, eps_p])
    def bank(mu, log_sigma, m, generator=None):
        return mu[:, None] + torch.exp(log_sigma)[:, None] * next(draws)
    model.bank = bank
    parameters = names(model)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    weights = {name: kernel(p) for name, p in {**parameters, **statistics(model)}.items()}

    f, part = model.image_part(x)
    mu_p, ls_p = model.prior(x)
    mu_q, ls_q = model.posterior(torch.cat([x, y], 1))

    model.unet.train()  # BatchNorm in training mode in Stage I; the heads' dropout is not part of it
    total, parts = reference.stage1_loss(model, x, y, present, rater, samples=S, **loss["stage1"])
    total.backward()
    stage1 = {n: kernel(p.grad, 6) for n, p in parameters.items() if not n.startswith("head/")}
    running = {name: flat(value) for name, value in statistics(model).items()}
    optimiser = torch.optim.Adam([p for n, p in parameters.items() if not n.startswith("head/")], lr=0.01)
    optimiser.step()
    stepped = {n: kernel(p) for n, p in parameters.items() if n.startswith(("unet/up/0", "decoder/"))}
    model.load_state_dict(before)
    model.eval()  # Stage II: frozen means inference mode
    model.zero_grad()

    full_bank = mu_p[:, None] + torch.exp(ls_p)[:, None] * eps_bank
    standard = (mu_p, ls_p) if key == "std" else ()
    queries = [head(f) for head in model.heads]
    prompts = [reference.attend(q, full_bank, *standard) for q in queries]
    model.freeze_stage1()
    logits = model.persona_logits(x, M, bank=full_bank.detach())
    loss2 = reference.segmentation_loss(logits, y, present, **loss["stage2"])
    loss2.backward()
    stage2 = {n: kernel(p.grad, 6) for n, p in parameters.items() if n.startswith("head/")}
    model.float()
    model.load_state_dict(original)
    model.requires_grad_(True)
    model.zero_grad()

    return {
        "finalRelu": final_relu, "keys": "standardised" if key == "std" else "raw", "loss": loss["product"],
        "weights": weights,
        "inputs": {"images": nhwc(x), "masks": nhwc(y), "present": flat(present), "rater": rater.tolist(),
                   "posteriorNoise": flat(eps_q), "boundNoise": flat(eps_p), "bankNoise": flat(eps_bank)},
        "features": nhwc(f), "priorMu": flat(mu_p), "priorLogSigma": flat(ls_p),
        "posteriorMu": flat(mu_q), "posteriorLogSigma": flat(ls_q),
        "queries": flat(torch.stack(queries, 1)), "prompts": flat(torch.stack(prompts, 1)),
        "personaLogits": nhwc(logits),
        "stage1": {"total": total.item(), "reconstruction": parts["rec"], "kl": parts["kl"], "bound": parts["bound"],
                   "gradients": stage1, "afterAdam": stepped, "learningRate": 0.01, "runningStatistics": running},
        "stage2": {"total": loss2.item(), "gradients": stage2},
    }


def masks(count, height, width):
    """Discs that overlap; now and then an empty one."""
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    centre = torch.rand(2, generator=generator) * torch.tensor([height, width])
    for _ in range(count):
        y, x = centre + 3 * torch.randn(2, generator=generator)
        radius = 0 if torch.rand(1, generator=generator) < 0.1 else 2 + 4 * torch.rand(1, generator=generator)
        yield ((rows - y) ** 2 + (columns - x) ** 2 < radius ** 2).to(torch.uint8).numpy()


def metric_case(raters, predictions):
    import numpy as np
    y, p = np.stack(list(masks(raters, 19, 23))), np.stack(list(masks(predictions, 19, 23)))
    energy, best = reference.ged(p, y), reference.dice_max(p, y)
    return {"raters": y.reshape(raters, -1).tolist(), "predictions": p.reshape(predictions, -1).tolist(),
            "gedPaper": energy["paper"], "gedUnbiased": energy["unbiased"], "diversity": energy["diversity"],
            "diceMaxOfPredictions": best[0], "diceMaxOfRaters": best[1], "diceMatch": reference.dice_match(p, y),
            "diceSoft": reference.dice_soft(p, y), "dicePersona": reference.dice_persona(p[:raters], y).tolist()}


if options.metrics:
    json.dump([metric_case(2 + i % 5, 8 + i % 9) for i in range(60)], sys.stdout)
    sys.exit()

recipe = {
    "stage1": {"beta": 1.0, "kl_weight": 0.01, "pooled": False, "bce": 1.0, "l2": 1e-5},
    "stage2": {"pooled": False, "bce": 0.0},
    "product": {"dice": "per-image", "beta": 1, "klWeight": 0.01, "crossEntropy": 1, "weightNorms": 1e-5},
}
paper = {
    "stage1": {"beta": 0.5, "kl_weight": 1.0, "pooled": True, "bce": 0.0, "l2": 1e-5},
    "stage2": {"pooled": True, "bce": 0.0},
    "product": {"dice": "pooled", "beta": 0.5, "klWeight": 1, "crossEntropy": 0, "weightNorms": 1e-5},
}
cases = {"recipe": lambda: case(False, "std", recipe), "paper": lambda: case(True, "raw", paper)}
json.dump({
    "shape": {"N": N, "H": H, "W": W, "C": C, "R": R, "D": D, "M": M, "S": S, "widths": WIDTHS, "heads": list(HEADS)},
    "backbone": options.backbone, "resnet": RESIDUAL,
    "torch": torch.__version__,
    "cases": {name: cases[name]() for name in options.cases},
}, sys.stdout)
print()
