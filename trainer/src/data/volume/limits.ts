/** No volume has more voxels: 512 × 512 × 1024. A guard for the memory. */
export const MOST_VOXELS = 2 ** 28;

/** Different values beyond which a file of whole numbers is no mask: structures of an atlas are not many more. */
export const MOST_LABELS = 16;
