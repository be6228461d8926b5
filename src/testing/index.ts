export type { ContractCheck } from "./check.ts";
export type { StoreContractOptions } from "./store-contract.ts";
export { storeContract } from "./store-contract.ts";
