export type Command = "search" | "next" | "previous" | "act" | "help" | "escape";

const COMMANDS: Record<string, Command> = {
  "/": "search",
  j: "next",
  k: "previous",
  e: "act",
  "?": "help",
  Escape: "escape",
};

/** The command of a key; while somebody writes, only Escape is one. */
export function commandOf(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">,
  writing: boolean,
): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const command = COMMANDS[event.key] ?? null;
  return writing && command !== "escape" ? null : command;
}
