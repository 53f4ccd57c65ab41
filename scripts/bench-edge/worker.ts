import base from '@d-persona/shared/kernels/engine.wasm';
import relaxed from '@d-persona/shared/kernels/engine-relaxed.wasm';
import { startBackend } from '../../workers/src/engine/workerd-backend.ts';
import { enginePeer } from './engine-peer.ts';
import { ortPeer } from './ort-peer.ts';
import { ortWeb } from './ort-web.ts';
import type { Part, Peer } from './peer.ts';
import { tfjsPeer } from './tfjs-peer.ts';

const makers: Readonly<Record<string, (side: number) => Peer | Promise<Peer>>> = {
  engine: (side) => enginePeer(relaxed, side),
  'engine-base': (side) => enginePeer(base, side),
  'ort-web': (side) => ortPeer(ortWeb(), side),
  tfjs: async (side) => {
    await startBackend();
    return tfjsPeer(side);
  },
};

let held: { name: string; peer: Peer } | undefined;

/** `/run?peer=…&side=…&part=…&times=…`: milliseconds for each time. One peer at a time is held. */
export default {
  async fetch(request: Request): Promise<Response> {
    const query = new URL(request.url).searchParams;
    const [name, side] = [query.get('peer') ?? '', Number(query.get('side'))];
    const key = `${name}/${side}`;
    if (held?.name !== key) {
      held = undefined;
      held = { name: key, peer: await (makers[name] as (side: number) => Promise<Peer>)(side) };
    }
    const { peer } = held;
    const part = query.get('part') as Part | 'memory' | 'map';
    if (part === 'memory') return Response.json(peer.memoryBytes());
    if (part === 'map') return Response.json([...peer.map()]);
    const times = Number(query.get('times'));
    const start = performance.now();
    for (let i = 0; i < times; i++) await peer[part]();
    return Response.json((performance.now() - start) / times);
  },
};
