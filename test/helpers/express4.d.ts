// The previous major under an alias. Its types are installed for the current one only; what tests use is alike.
declare module "express4" {
  import express from "express";
  export default express;
}
