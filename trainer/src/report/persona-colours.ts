import { OUTLINE_COLOURS } from '@d-persona/shared/mask/overlay.ts';

/** The colour of persona r and of its rater, as the Worker's overlays have it: `#rrggbb`. */
export function personaColour(persona: number): string {
  const rgb = OUTLINE_COLOURS[persona % OUTLINE_COLOURS.length] as readonly [number, number, number];
  return `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
