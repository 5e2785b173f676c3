export const coverage: { route: string; testedBy: string }[] = [];
