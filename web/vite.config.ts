import { cpSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { offlineWorker } from "./offline-plugin";

const API = process.env["MOBILITY_API_URL"] ?? "http://127.0.0.1:8000";
const SWAGGER_FILES = [
  "swagger-ui-bundle.js",
  "swagger-ui-standalone-preset.js",
  "swagger-ui.css",
  "favicon-32x32.png",
];

/** The API's documentation page loads Swagger UI from our own origin: no outside host, strict CSP. */
function swaggerUi(): Plugin {
  let target = "";
  return {
    name: "swagger-ui",
    apply: "build",
    configResolved(config) {
      target = resolve(config.root, config.build.outDir, "assets/swagger-ui");
    },
    closeBundle() {
      const source = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
      mkdirSync(target, { recursive: true });
      for (const file of SWAGGER_FILES) cpSync(join(source, file), join(target, file));
    },
  };
}

const firstName = (name: string) => name.split(/[~.]/)[0] ?? name;

export default defineConfig({
  plugins: [svelte(), swaggerUi(), offlineWorker()],
  build: {
    target: "es2022",
    // MapLibre is one chunk of its own, loaded after the first paint.
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              // Few files rather than many small ones: each is a round trip on a slow network. The map stays apart.
              name: "shared",
              test: (id) => !/maplibre|\/src\/map\/.*\.ts$/.test(id),
              minShareCount: 2,
              entriesAware: true,
              entriesAwareMergeThreshold: 100_000,
            },
          ],
        },
        // Else a shared file bears the names of all its pages.
        chunkFileNames: ({ name }) => `assets/${firstName(name)}-[hash].js`,
        assetFileNames: ({ names: [name = ""] }) => `assets/${firstName(name)}-[hash][extname]`,
      },
      input: {
        first: "index.html",
        resident: "app.html",
        operator: "operator.html",
        crew: "crew.html",
        city: "city.html",
        partner: "partner.html",
        about: "about.html",
        catalogue: "catalogue.html",
        studio: "studio.html",
      },
    },
  },
  worker: { format: "es" },
  server: { proxy: { "/v1": API } },
  test: { include: ["src/**/*.test.ts"] },
});
