import { toBase64 } from '@d-persona/shared/mask/base64.ts';
import { maskContour } from '@d-persona/shared/mask/contour.ts';
import { html, type SafeHtml } from './html.ts';
import type { ImageWindow } from './window-of-interest.ts';

export interface Outline {
  /** H·W. */
  readonly mask: Uint8Array;
  /** CSS colour. */
  readonly colour: string;
  /** In CSS pixels. */
  readonly stroke: number;
  readonly dashed?: boolean;
  /** Tints what is inside. */
  readonly filled?: boolean;
}

interface Tile {
  /** What the picture shows, for those who do not see it. */
  readonly alt: string;
  /** An image of the page, from {@link picture} or {@link samePicture}. */
  readonly picture: SafeHtml;
  readonly height: number;
  readonly width: number;
  readonly window: ImageWindow;
  readonly outlines: readonly Outline[];
  /** A part of the image to mark with a frame. */
  readonly frame?: ImageWindow;
}

/** An image as part of an SVG, its pixels kept as squares; `id` lets other tiles show it again. */
export function picture(id: string, png: Uint8Array, height: number, width: number): SafeHtml {
  const source = `data:image/png;base64,${toBase64(png)}`;
  return html`<image id="${id}" class="pixels" href="${source}" width="${width}" height="${height}"/>`;
}

/** The picture with this id once more, so that its bytes are in the page once. */
export function samePicture(id: string): SafeHtml {
  return html`<use href="#${id}"/>`;
}

/** A square view of an image with outlines that stay sharp at every size. */
export function tile({ alt, picture, height, width, window, outlines, frame }: Tile): SafeHtml {
  const { left, top, side } = window;
  return html`<svg class="tile" role="img" aria-label="${alt}" viewBox="${left} ${top} ${side} ${side}">${picture}${
    frame ? frameMark(frame) : ''
  }${outlines.map((outline) => outlinePath(outline, height, width))}</svg>`;
}

function frameMark({ left, top, side }: ImageWindow): SafeHtml {
  return html`<rect class="frame" x="${left}" y="${top}" width="${side}" height="${side}"/>`;
}

function outlinePath(
  { mask, colour, stroke, dashed, filled }: Outline,
  height: number,
  width: number,
): SafeHtml {
  const rings = maskContour({ height, width, data: mask }).flat();
  if (rings.length === 0) return html``;
  const path = rings.map((ring) => `M${ring.map((corner) => corner.join(' ')).join('L')}Z`).join('');
  const dashes = dashed ? html` stroke-dasharray="5 4"` : '';
  return html`<path class="outline" d="${path}" stroke="${colour}" stroke-width="${stroke}" fill="${
    filled ? colour : 'none'
  }"${dashes}/>`;
}
