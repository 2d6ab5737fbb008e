import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build, type Plugin, type ResolvedConfig } from "vite";

/** The pages a device opens without a network, by address. */
const PAGES: Record<string, string> = { "/": "index.html", "/app": "app.html", "/crew": "crew.html" };

/** Builds `worker.js`, which knows by name what the pages load first; the map comes when it is looked at. */
export function offlineWorker(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "offline-worker",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    async closeBundle() {
      const folder = resolve(config.root, config.build.outDir);
      await build({
        configFile: false,
        logLevel: "warn",
        publicDir: false,
        define: {
          KEPT_AHEAD: JSON.stringify(keptAhead(folder)),
          "process.env.NODE_ENV": JSON.stringify("production"),
        },
        build: {
          outDir: folder,
          emptyOutDir: false,
          lib: {
            entry: join(config.root, "src/offline/worker.ts"),
            formats: ["iife"],
            name: "worker",
            fileName: () => "worker.js",
          },
        },
      });
    },
  };
}

/** Pages carry a hash of their content as revision; assets have it in their names. */
function keptAhead(folder: string): { url: string; revision: string | null }[] {
  const pages = Object.entries(PAGES).map(([url, file]) => ({
    url,
    text: readFileSync(join(folder, file), "utf8"),
  }));
  const assets = new Set(pages.flatMap(({ text }) => text.match(/\/assets\/[\w.-]+/g) ?? []));
  return [
    ...pages.map(({ url, text }) => ({ url, revision: createHash("sha256").update(text).digest("hex") })),
    ...Array.from(assets, (url) => ({ url, revision: null })),
  ];
}
