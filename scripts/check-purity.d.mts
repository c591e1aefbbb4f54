export function checkPurity(root: string): string[]
