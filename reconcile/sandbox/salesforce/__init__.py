"""The CRM: the REST API of Salesforce, with sign-in, SOQL, describe calls, collections and its errors."""
