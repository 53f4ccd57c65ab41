export { decode } from './engine-decoder';
export { dense, firstConvolution, prepareDense } from './engine-dense';
export { packPanels } from './engine-panels';
export { prepareWinograd2, winograd2 } from './engine-winograd2';
export { prepareWinograd4, winograd4 } from './engine-winograd4';
export { maxPool } from './max-pool';
export { averagePool } from './pool';
export { addRelu, stemPatches, subsample } from './engine-residual';
export { sumMiddle } from './sum';
