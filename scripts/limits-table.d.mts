export function limitsTable(root: string): string
export function checkLimits(root: string): string[]
