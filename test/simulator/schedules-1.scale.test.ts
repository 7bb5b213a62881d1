import { testSchedules } from "./scale";

testSchedules(1, 2);
