import "../design/tokens.css";
import "../design/base.css";
import { mount } from "svelte";
import { keepForLater } from "../offline/register";
import App from "./App.svelte";

mount(App, { target: document.getElementById("app") as HTMLElement });
keepForLater();
