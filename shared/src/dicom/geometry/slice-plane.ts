import { z } from 'zod';

/** The plane of slices that a model was trained on. */
export const slicePlaneSchema = z.enum(['axial', 'coronal', 'sagittal']).meta({
  description:
    'How slices lie, shown as radiologists do: axial with left to the right and posterior below, ' +
    'coronal with left to the right and feet below, sagittal with posterior to the right and feet below',
});

export type SlicePlane = z.infer<typeof slicePlaneSchema>;
