import type { Config } from "tailwindcss";

const names = [
  "paper", "surface", "sunken", "line", "edge", "ink", "muted", "dusk", "on-dusk",
  "dusk-soft", "dawn", "dawn-soft", "good", "good-soft", "bad", "bad-soft", "warn", "warn-soft",
];

/** The colours are variables of `src/index.css`, so that night and day differ in one place. */
export default {
  content: ["./index.html", "./src/**/*.{ts,tsx}"],
  theme: {
    extend: {
      colors: Object.fromEntries(names.map((name) => [name, `rgb(var(--${name}) / <alpha-value>)`])),
      fontFamily: {
        sans: ["Figtree", "ui-sans-serif", "system-ui", "sans-serif"],
        display: ["Fraunces", "ui-serif", "Georgia", "serif"],
        mono: ["ui-monospace", "SF Mono", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace"],
      },
      boxShadow: { card: "0 1px 2px rgb(var(--shadow) / .05), 0 4px 16px -6px rgb(var(--shadow) / .08)" },
      animation: { appear: "appear .18s ease-out" },
      keyframes: { appear: { from: { opacity: "0", transform: "translateY(4px)" } } },
    },
  },
} satisfies Config;
