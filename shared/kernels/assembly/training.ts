export { adam } from './adam';
export { copyBlocks } from './copy';
export { combineRows, mapFloats } from './elementwise';
export { pointwiseConvolution, pointwiseFilter, pointwiseFilterGradient, reducePointwiseFilterGradient } from './pointwise';
export { averagePool, averagePoolGradient } from './pool';
export { sumMiddle } from './sum';
export { resizeBilinear, resizeBilinearGradient } from './resize';
export { winogradConvolution, winogradFilter } from './winograd';
export { clearFlag, reduceWinogradFilterGradient, winogradFilterGradient } from './winograd-gradient';
