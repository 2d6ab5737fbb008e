/** Which paper an address asks for; the accessibility statement where it asks for none. */
export const PAPERS = ["accessibility", "privacy", "legal"] as const;
export type Paper = (typeof PAPERS)[number];

export function paperAt(path: string): Paper {
  return PAPERS.find((paper) => path === `/about/${paper}`) ?? "accessibility";
}
