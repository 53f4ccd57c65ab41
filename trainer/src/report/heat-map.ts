import { encodePng } from '@d-persona/shared/image/encode-png.ts';

/** Stops of matplotlib's `inferno` (CC0): dark to bright in even steps of lightness, also without colour vision. */
const STOPS: readonly (readonly [r: number, g: number, b: number])[] = [
  [0, 0, 4],
  [40, 11, 84],
  [101, 21, 110],
  [159, 42, 99],
  [212, 72, 66],
  [245, 125, 21],
  [250, 193, 39],
  [252, 255, 164],
];

/** The scale as a CSS gradient, for a legend. */
export const HEAT_GRADIENT = `linear-gradient(90deg, ${STOPS.map((rgb) => `rgb(${rgb.join(' ')})`).join(', ')})`;

/**
 * An 8-bit map in colours, as a PNG.
 * @param map H·W values; 255 gets the brightest colour.
 */
export function heatMapPng(map: Uint8Array, height: number, width: number): Uint8Array {
  const data = new Uint8Array(map.length * 3);
  for (const [pixel, value] of map.entries()) data.set(heatColour(value / 255), 3 * pixel);
  return encodePng({ height, width, channels: 3, data });
}

function heatColour(value: number): number[] {
  const position = value * (STOPS.length - 1);
  const below = Math.min(Math.floor(position), STOPS.length - 2);
  const low = STOPS[below] as readonly [number, number, number];
  const high = STOPS[below + 1] as readonly [number, number, number];
  return low.map((start, channel) =>
    Math.round(start + ((high[channel] as number) - start) * (position - below)),
  );
}
