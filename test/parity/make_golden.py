"""Golden values of D-Persona from an independent PyTorch implementation, for `npm test` (which needs no Python).

    python test/parity/make_golden.py path/to/dpersona_reference.py > test/parity/golden.json

Weights, inputs and noise are drawn here and written beside what the reference makes of them, all in NHWC and with the
product's weight names, so that the test only replays them. The reference needs torch, numpy and scipy.
"""
import importlib.util
import json
import sys

import torch

spec = importlib.util.spec_from_file_location("dpersona_reference", sys.argv[1])
reference = importlib.util.module_from_spec(spec)
sys.modules["dpersona_reference"] = reference
spec.loader.exec_module(reference)

N, H, W, C, R, D, M, S = 2, 10, 7, 1, 3, 4, 6, 3
WIDTHS, HEADS = [3, 4, 5], (4, 3)
generator = torch.Generator().manual_seed(20)


def flat(tensor):
    return [float(f"{v:.8g}") for v in tensor.detach().reshape(-1).tolist()]


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
    blocks(enumerate(model.unet.down.blocks), "unet/down")
    blocks(zip(reversed(range(len(WIDTHS) - 1)), model.unet.up), "unet/up")
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


def kernel(tensor):
    """[out,in,h,w] as [h,w,in,out]; a bias as it is."""
    return flat(tensor.permute(2, 3, 1, 0).contiguous() if tensor.dim() == 4 else tensor)


def case(final_relu, key, loss):
    torch.manual_seed(7)
    config = reference.Config(channels=C, raters=R, latent=D, widths=WIDTHS, head_widths=HEADS,
                              head_final_relu=final_relu, key=key, head_dropout=0.0)
    model = reference.DPersona(config).eval()
    x = torch.randn(N, C, H, W, generator=generator)
    y = (torch.rand(N, R, H, W, generator=generator) > 0.5).float()
    present = torch.tensor([[1., 1, 1], [1, 0, 1]])
    y = y * present[:, :, None, None]
    rater = torch.tensor([1, 2])
    eps_q = torch.randn(N, 1, D, generator=generator)
    eps_p = torch.randn(N, S, D, generator=generator)
    eps_bank = torch.randn(N, M, D, generator=generator)

    draws = iter([eps_q, eps_p])
    def bank(mu, log_sigma, m, generator=None):
        return mu[:, None] + torch.exp(log_sigma)[:, None] * next(draws)
    model.bank = bank
    parameters = names(model)
    weights = {name: kernel(p) for name, p in parameters.items()}

    f, part = model.image_part(x)
    mu_p, ls_p = model.prior(x)
    mu_q, ls_q = model.posterior(torch.cat([x, y], 1))
    total, parts = reference.stage1_loss(model, x, y, present, rater, samples=S, **loss["stage1"])
    total.backward()
    stage1 = {n: kernel(p.grad) for n, p in parameters.items() if not n.startswith("head/")}

    optimiser = torch.optim.Adam([p for n, p in parameters.items() if not n.startswith("head/")], lr=0.01)
    optimiser.step()
    stepped = {n: kernel(p) for n, p in parameters.items() if n.startswith(("unet/up/0", "decoder/"))}
    with torch.no_grad():  # back to the weights before the step
        for n, p in parameters.items():
            w = torch.tensor(weights[n])
            if p.dim() == 4:
                o, i, h, k = p.shape
                w = w.reshape(h, k, i, o).permute(3, 2, 0, 1)
            p.copy_(w)
    model.zero_grad()

    full_bank = mu_p[:, None] + torch.exp(ls_p)[:, None] * eps_bank
    standard = (mu_p, ls_p) if key == "std" else ()
    queries = [head(f) for head in model.heads]
    prompts = [reference.attend(q, full_bank, *standard) for q in queries]
    model.freeze_stage1()
    logits = model.persona_logits(x, M, bank=full_bank.detach())
    loss2 = reference.segmentation_loss(logits, y, present, **loss["stage2"])
    loss2.backward()
    stage2 = {n: kernel(p.grad) for n, p in parameters.items() if n.startswith("head/")}

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
                   "gradients": stage1, "afterAdam": stepped, "learningRate": 0.01},
        "stage2": {"total": loss2.item(), "gradients": stage2},
    }


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
json.dump({
    "shape": {"N": N, "H": H, "W": W, "C": C, "R": R, "D": D, "M": M, "S": S, "widths": WIDTHS, "heads": list(HEADS)},
    "torch": torch.__version__,
    "cases": {"recipe": case(False, "std", recipe), "paper": case(True, "raw", paper)},
}, sys.stdout)
print()
