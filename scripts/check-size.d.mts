export function checkSize(root: string): string[]
