declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  const glue: (settings: { print(): void; printErr(): void }) => Promise<{ J2KEncoder: new () => never }>;
  export default glue;
}
