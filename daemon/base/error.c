#include "base/error.h"

/* clang-format off: it would turn apd-error into apd - error inside the name */
G_DEFINE_QUARK(apd-error-quark, apd_error)
/* clang-format on */
