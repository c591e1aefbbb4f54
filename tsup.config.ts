import { defineConfig } from 'tsup'

/** One build for every package: ESM and CJS with types. `scripts/build.mjs` runs it in each package's folder. */
export default defineConfig((options) => ({
  format: ['esm', 'cjs'],
  dts: options.dts ?? true,
  clean: true,
  sourcemap: true,
  target: 'node20',
  splitting: true,
  tsconfig: '../../tsconfig.json',
  outDir: 'dist',
}))
