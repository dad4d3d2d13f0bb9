/** `playwright test -c measures.config.ts`: how long things take, printed. Nothing is asserted: machines differ. */
import { defineConfig } from "@playwright/test";
import tests from "./playwright.config";

const { projects: _, ...shared } = tests;

export default defineConfig({ ...shared, testMatch: "*.measure.ts", timeout: 300_000 });
