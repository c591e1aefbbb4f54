import { defineConfig } from 'tsup'

/** One build for every package: ESM and CJS with types. `scripts/build.mjs` runs it in each package's folder. */
export default defineConfig((options) => ({
  format: ['esm', 'cjs'],
  dts: options.dts ?? true,
  clean: true,
  // The output is readable as it is; maps of the CJS chunks would name this machine.
  sourcemap: false,
  target: 'node20',
  // Entries of one package share their classes: `instanceof` must hold across them.
  splitting: true,
  esbuildOptions(build, { format }) {
    // The CJS chunks go through sucrase, whose own rewriting of `??` and `?.` breaks `yield` within them.
    if (format === 'cjs') build.supported = { 'nullish-coalescing': false, 'optional-chain': false }
  },
  tsconfig: '../../tsconfig.json',
  outDir: 'dist',
}))
