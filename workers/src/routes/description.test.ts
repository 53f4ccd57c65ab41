import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../app.fixtures.ts';

let api: TestApp;
beforeAll(async () => {
  api = await startTestApp();
});

interface Description {
  openapi: string;
  paths: Record<
    string,
    Record<
      string,
      { operationId: string; security?: unknown; responses: object; requestBody?: { content: object } }
    >
  >;
}

async function describeApi(): Promise<Description> {
  return (
    await api.send('/openapi.json', { headers: { authorization: 'none' } })
  ).json() as Promise<Description>;
}

describe('openapi.json', () => {
  it('is a valid description of OpenAPI 3.1', async () => {
    const description = await describeApi();
    expect(description.openapi).toMatch(/^3\.1\./);
    const result = await new Validator().validate(structuredClone(description) as never);
    expect(result).toMatchObject({ valid: true });
  });

  it('has every route of the contract', async () => {
    const { paths } = await describeApi();
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((m) => `${m} ${path}`),
    );
    for (const operation of [
      'get /v1/health',
      'get /v1/hospitals/{hospital}/personas',
      'get /v1/hospitals/{hospital}/releases',
      'post /v1/hospitals/{hospital}/cases',
      'post /v1/hospitals/{hospital}/personas/{persona}/segmentations',
      'post /v1/hospitals/{hospital}/segmentations',
      'put /v1/hospitals/{hospital}/releases/current',
    ]) {
      expect(operations).toContain(operation);
    }
  });

  it('demands a key of all but health, and knows the statuses of the contract', async () => {
    const { paths } = await describeApi();
    expect(paths['/v1/health']?.get?.security).toBeUndefined();
    const route = paths['/v1/hospitals/{hospital}/personas/{persona}/segmentations']?.post;
    expect(route?.security).toEqual([{ key: ['segment'] }]);
    expect(Object.keys(route?.responses ?? {})).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '406',
      '413',
      '415',
      '422',
      '429',
      '503',
    ]);
    expect(Object.keys(route?.requestBody?.content ?? {})).toEqual([
      'image/png',
      'image/jpeg',
      'application/dicom',
      'multipart/form-data',
      'application/json',
    ]);
  });

  it('refers to nothing that it does not hold', async () => {
    const description = await describeApi();
    const references = [...JSON.stringify(description).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path]) => path as string,
    );
    expect(references).toContain('components/schemas/CaseReference');
    for (const path of references) {
      const target = path
        .split('/')
        .reduce<unknown>((at, step) => (at as Record<string, unknown>)?.[step], description);
      expect(target, path).toBeTypeOf('object');
    }
  });
});

describe('docs', () => {
  it('is a page that needs nothing from elsewhere', async () => {
    const response = await api.send('/docs');
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const page = await response.text();
    expect(page).toContain("fetch('/openapi.json')");
    expect(page).not.toMatch(/https?:\/\//);
  });
});
