// Hocuspocus as its documentation starts it, with SQLite: address and folder are given.
import { SQLite } from "@hocuspocus/extension-sqlite";
import { Server } from "@hocuspocus/server";

const [port, database] = process.argv.slice(2);
const server = new Server({ quiet: true, address: "127.0.0.1", port: Number(port), extensions: [new SQLite({ database })] });
await server.listen();
