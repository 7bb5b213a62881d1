import { z } from "zod";
import { expecting } from "./expectations";

/** Debian's name of an architecture. */
export const architecture = expecting(z.enum(["amd64", "arm64"]), "amd64 or arm64", "architecture: amd64");
