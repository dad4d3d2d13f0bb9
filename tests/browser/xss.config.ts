/** `playwright test -c xss.config.ts`: everything that means harm, in every place; `cargo xtask xss` runs it. */
import { defineConfig } from "@playwright/test";
import tests from "./playwright.config";

const { projects: _, ...shared } = tests;

export default defineConfig({ ...shared, testMatch: "xss/*.xss.ts", timeout: 6 * 60 * 60_000 });
