"""The paper's backbone in PyTorch: `Unet('resnet34')` of segmentation_models_pytorch without its head, sizes free.

Written from the definition of ResNet-34 (He et al., 2016) and that library's decoder, on torch.nn alone, so that parity
needs no more than PyTorch. Convolutions have no bias; every one is followed by BatchNorm. Maps of odd sizes, which the
library refuses, are cropped after upsampling.
"""
import torch
import torch.nn as nn
import torch.nn.functional as Fn


def conv_norm(c_in, c_out, size, stride=1):
    return nn.Sequential(nn.Conv2d(c_in, c_out, size, stride, size // 2, bias=False), nn.BatchNorm2d(c_out))


class Block(nn.Module):
    def __init__(self, c_in, c_out, stride):
        super().__init__()
        self.conv0 = conv_norm(c_in, c_out, 3, stride)
        self.conv1 = conv_norm(c_out, c_out, 3)
        self.shortcut = conv_norm(c_in, c_out, 1, stride) if stride != 1 or c_in != c_out else None

    def forward(self, x):
        y = self.conv1(torch.relu(self.conv0(x)))
        return torch.relu(y + (x if self.shortcut is None else self.shortcut(x)))


class ResidualUNet(nn.Module):
    """Image [N,C,H,W] -> features [N,decoder[-1],H,W]."""
    def __init__(self, c_in, blocks, widths, decoder):
        super().__init__()
        self.stem = conv_norm(c_in, widths[0], 7, 2)
        self.stages = nn.ModuleList()
        before = widths[0]
        for stage, (count, width) in enumerate(zip(blocks, widths)):
            self.stages.append(nn.ModuleList(
                Block(before if b == 0 else width, width, 2 if stage > 0 and b == 0 else 1) for b in range(count)))
            before = width
        self.up = nn.ModuleList()
        for width, skip in zip(decoder, [*reversed(widths[:-1]), widths[0], 0]):
            self.up.append(nn.ModuleList([conv_norm(before + skip, width, 3), conv_norm(width, width, 3)]))
            before = width

    def forward(self, x):
        y = torch.relu(self.stem(x))
        levels = [y]
        y = Fn.max_pool2d(y, 3, 2, 1)
        for stage in self.stages:
            for block in stage:
                y = block(y)
            levels.append(y)
        for (first, second), skip in zip(self.up, [*reversed(levels[:-1]), None]):
            h, w = (x if skip is None else skip).shape[2:]
            y = Fn.interpolate(y, scale_factor=2, mode="nearest")[:, :, :h, :w]
            if skip is not None:
                y = torch.cat([y, skip], 1)
            y = torch.relu(second(torch.relu(first(y))))
        return y

    def layers(self):
        """The product's name of every convolution with its BatchNorm."""
        yield "unet/stem", self.stem
        for s, stage in enumerate(self.stages):
            for b, block in enumerate(stage):
                for name in ("conv0", "conv1", "shortcut"):
                    if getattr(block, name) is not None:
                        yield f"unet/stage{s}/block{b}/{name}", getattr(block, name)
        for i, pair in enumerate(self.up):
            for c, layer in enumerate(pair):
                yield f"unet/up/{len(self.up) - 1 - i}/conv{c}", layer
