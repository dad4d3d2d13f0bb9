declare module "y-websocket-2" {
  export { WebsocketProvider } from "y-websocket";
}
