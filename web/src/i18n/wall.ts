/** The instant at which clocks in `timeZone` show `wall` (`2026-07-01T14:30`); when they show it twice, the second time. */
export function instantOf(wall: string, timeZone: string): Date {
  const asked = Date.parse(`${wall}Z`);
  // The offset at the answer, which near a change of clocks is not the one at the first guess.
  const guess = asked - offset_ms(asked, timeZone);
  return new Date(asked - offset_ms(guess, timeZone));
}

function offset_ms(instant: number, timeZone: string): number {
  const whole = Math.floor(instant / 1000) * 1000;
  const shown = new Date(whole).toLocaleString("sv-SE", { timeZone });
  return Date.parse(`${shown.replace(" ", "T")}Z`) - whole;
}

/** What clocks in `timeZone` show at an instant, to the minute (`2026-07-01T14:30`). */
export function wallAt(instant: Date, timeZone: string): string {
  return instant.toLocaleString("sv-SE", { timeZone }).replace(" ", "T").slice(0, 16);
}
