import { z } from 'zod';

const operationSchema = z.looseObject({
  operationId: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
});
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

/** One operation of the API as its own description has it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  /** The scope that a key needs, `operator`, or undefined where anybody may ask. */
  readonly scope: string | undefined;
}

/** All operations of a running server: a new route is among them without a change here. */
export async function liveOperations(url: string): Promise<Operation[]> {
  const { paths } = documentSchema.parse(await (await fetch(`${url}/openapi.json`)).json());
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, security }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      scope: security?.flatMap((requirement) => Object.values(requirement).flat())[0],
    })),
  );
}
