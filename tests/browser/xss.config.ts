/** `playwright test -c xss.config.ts`: everything that means harm, in every place; `cargo xtask xss` runs it. */
import { defineConfig } from "@playwright/test";
import tests from "./playwright.config";

const { projects: _, ...shared } = tests;

export default defineConfig({ ...shared, use: { ...shared.use, screenshot: "off" }, testMatch: "xss/*.xss.ts", timeout: 12 * 60 * 60_000, expect: { timeout: 120_000 } });
