import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vitest/config";

/** The service writes `<base>` into the document; while developing, Vite stands in for it. */
const rootBase: Plugin = {
  name: "root-base",
  apply: "serve",
  transformIndexHtml: () => [{ tag: "base", attrs: { href: "/" }, injectTo: "head-prepend" }],
};

export default defineConfig({
  base: "./",
  plugins: [react(), rootBase],
  build: { outDir: "../static", emptyOutDir: true, assetsInlineLimit: 0, target: "es2022", chunkSizeWarningLimit: 700 },
  server: { proxy: { "/api": { target: process.env.NIGHTSHIFT ?? "http://127.0.0.1:8011", changeOrigin: true } } },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost:3000/" } },
    setupFiles: "src/testing/setup.ts",
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
