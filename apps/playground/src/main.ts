import "@xdeep/map";
import { mount } from "svelte";

import App from "./App.svelte";
import "./page.css";

mount(App, { target: document.getElementById("app")! });

// Without a network from the second visit on; in development the files are served as they are.
if (import.meta.env.PROD && "serviceWorker" in navigator) void navigator.serviceWorker.register("./service-worker.js");
