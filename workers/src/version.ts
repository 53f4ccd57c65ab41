/** Of the software; every answer names it. */
export const VERSION = '0.1.0';
export const SOFTWARE = `d-persona/${VERSION}`;
