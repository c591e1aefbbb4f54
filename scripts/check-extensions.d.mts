export function checkExtensions(root: string): string[]
