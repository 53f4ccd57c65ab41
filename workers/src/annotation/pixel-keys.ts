/** Where an annotation's pixels are kept; images are shared by all annotations of them. */
export const imageKey = (hospital: string, hash: string) => `annotations/${hospital}/images/${hash}.png`;
export const maskKey = (hospital: string, hash: string) => `annotations/${hospital}/masks/${hash}.png`;
