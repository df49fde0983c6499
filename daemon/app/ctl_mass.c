#include "app/ctl.h"

#include "app/mass_check.h"

int
apd_ctl_mass_check(const ApdCtl *ctl, char **operands)
{
    g_autofree char *rules = apd_config_rules_dir();
    g_autoptr(GError) error = NULL;

    if (operands[0] == NULL || (operands[1] != NULL && operands[2] != NULL))
        return apd_ctl_complain(APD_EXIT_USAGE,
                                "mass-check: of what? (mass-check PATH [LABELS.csv])");

    const ApdMassCheckOptions options = { .path = operands[0],
                                          .rules_dir = rules,
                                          .user_rules_dir = ctl->rules,
                                          .authserv_id = ctl->authserv_id,
                                          .labels = operands[1],
                                          .jobs = (guint) MAX(ctl->jobs, 0),
                                          .json = ctl->json };
    int status = apd_mass_check(&options, &error);
    return error == NULL ? status : apd_ctl_fail(error);
}
