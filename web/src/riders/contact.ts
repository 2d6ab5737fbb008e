/** What a person wrote to be reached: an e-mail address, a phone number, or neither. */
export type Contact = { email: string } | { phone: string } | null;

/** Numbers are sent as written, without spaces; the service knows countries. */
export function contactFrom(text: string): Contact {
  const trimmed = text.trim();
  if (/^\S+@\S+\.\S+$/.test(trimmed)) return { email: trimmed };
  const digits = trimmed.replace(/[\s.\-()/]/g, "");
  return /^\+?\d{8,15}$/.test(digits) ? { phone: digits } : null;
}

/** The digits of a code as typed or pasted ("482 913"), at most six. */
export function codeDigits(text: string): string {
  return text.replace(/\D/g, "").slice(0, 6);
}
