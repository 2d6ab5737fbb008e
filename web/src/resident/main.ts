import "../design/tokens.css";
import "../design/base.css";
import "../design/shell.css";
import { mount } from "svelte";
import { keepForLater } from "../offline/register";
import App from "./App.svelte";

const target = document.getElementById("app") as HTMLElement;
target.replaceChildren(); // the shell
mount(App, { target });
keepForLater();
