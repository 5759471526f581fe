/** Stands in for vitest, so that a test file can be read for its benches without running a test. */
const nothing: unknown = new Proxy(() => nothing, { get: () => nothing });

export const describe = nothing;
export const test = nothing;
export const it = nothing;
export const expect = nothing;
export const beforeAll = nothing;
export const afterAll = nothing;
export const beforeEach = nothing;
export const afterEach = nothing;
export const vi = nothing;
