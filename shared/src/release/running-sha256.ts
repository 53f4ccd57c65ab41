import { toHex } from './hex.ts';

/** SHA-256 of bytes that come in pieces. */
export interface RunningSha256 {
  add(chunk: Uint8Array): void | Promise<void>;
  /** 64 hexadecimal digits. */
  digest(): string | Promise<string>;
}

/** What workerd has in place of Node's hashes. */
interface DigestStream extends WritableStream<Uint8Array> {
  readonly digest: Promise<ArrayBuffer>;
}

type DigestStreamClass = new (algorithm: 'SHA-256') => DigestStream;

/** In workerd by its own `DigestStream`, elsewhere by Node: WebCrypto alone can only hash what is there as a whole. */
export function runningSha256(): RunningSha256 {
  const { DigestStream } = crypto as unknown as { readonly DigestStream?: DigestStreamClass };
  return DigestStream === undefined ? byNode() : byStream(new DigestStream('SHA-256'));
}

function byStream(stream: DigestStream): RunningSha256 {
  const writer = stream.getWriter();
  return {
    add: (chunk) => writer.write(chunk),
    async digest() {
      await writer.close();
      return toHex(new Uint8Array(await stream.digest));
    },
  };
}

function byNode(): RunningSha256 {
  // Asked for at run time: an import would be resolved where there is no Node.
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  return { add: (chunk) => void hash.update(chunk), digest: () => hash.digest('hex') };
}
