declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  const glue: import('./wasm-codec.ts').Glue;
  export default glue;
}
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const glue: import('./wasm-codec.ts').Glue;
  export default glue;
}
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const glue: import('./wasm-codec.ts').Glue;
  export default glue;
}
declare module '@cornerstonejs/codec-openjph/wasmjs' {
  const glue: import('./wasm-codec.ts').Glue;
  export default glue;
}
